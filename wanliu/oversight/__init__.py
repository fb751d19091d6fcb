"""Looking at both sides of the wall: reads every room, writes nothing."""
