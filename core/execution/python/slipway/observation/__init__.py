"""What a step is seen to do: files, modules, packages, variables, network, memory."""
