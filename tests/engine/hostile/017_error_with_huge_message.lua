-- expect: error ; text=/^main.lua:2: x+$/
error(("x"):rep(5e6))
