-- expect: ok
return ("x"):rep(2^21)
