"""The conformance suite: services, drivers of real clients, judgement, the table."""
