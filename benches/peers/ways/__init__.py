"""The ways in which Python programs do a workload: pixfuse's, and those of the libraries that people use."""
