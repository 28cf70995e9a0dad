-- expect: calls
while true do io.open("nothing") end
