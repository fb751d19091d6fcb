"""The commission: tariffs as data, the honest sum for one client or all, how quantity follows price."""
