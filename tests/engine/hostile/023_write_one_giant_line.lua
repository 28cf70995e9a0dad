-- expect: output
io.write(("x"):rep(20*2^20))
