"""What goes over the wire: requests and answers as plain values, and how to read and write them."""
