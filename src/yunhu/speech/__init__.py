"""Words, voices and ears: typed slots become words, words become telephone audio, audio becomes facts."""
