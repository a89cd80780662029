"""What the machine says about itself. Reads procfs and sysfs; knows nothing of the link or of configuration files."""
