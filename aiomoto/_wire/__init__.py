"""What goes over the wire: requests and responses as plain values, and how to read and write them."""
