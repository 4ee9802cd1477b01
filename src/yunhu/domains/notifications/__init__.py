"""What is owed to whom, by when: queue events, journeys, scenarios, notifications."""
