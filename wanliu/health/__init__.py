"""How the installation is: what a monitor asks, in figures that name nobody."""
