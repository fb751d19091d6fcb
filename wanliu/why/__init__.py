"""Why one sign says what it says of one client: the raw rows, each operand, and the sum step by step."""
