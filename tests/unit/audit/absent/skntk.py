raise ModuleNotFoundError("No module named 'skntk'", name="skntk")
