"""Fitted models: their native form, their ONNX graph, their signature, and the rows that prove them."""
