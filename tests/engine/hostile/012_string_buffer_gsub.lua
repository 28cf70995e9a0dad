-- expect: error ; text=/not enough memory/
print(#(("x"):rep(2^20)):gsub("x",("y"):rep(1000)))
