raise ModuleNotFoundError("No module named 'neural_tangents'", name="neural_tangents")
