"""All that one workbench needs, in one folder that can be checked; and the way back."""
