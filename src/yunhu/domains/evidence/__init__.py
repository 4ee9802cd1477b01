"""Evidence packs (证据包): what is known of a call, a person, a complaint or a period, signed."""
