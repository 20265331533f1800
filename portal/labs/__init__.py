"""A running world: the lab, its log, the bus that carries input and bells, and the consumer that shows it."""
