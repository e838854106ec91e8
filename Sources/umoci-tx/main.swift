CommandLineProgram.start()
