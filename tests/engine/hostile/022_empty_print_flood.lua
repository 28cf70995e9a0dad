-- expect: output
while true do print() end
