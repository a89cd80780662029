"""The role `worker`: what has to happen by itself, in supervised loops."""
