-- expect: output
while true do io.stderr:write(("e"):rep(5000)) end
