"""One connection to the cloud, kept up. Knows MQTT and transports; knows nothing of what the messages mean."""
