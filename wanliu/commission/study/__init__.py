"""Does price matter? Whether a cut of the rate keeps clients, against comparable clients without one."""
