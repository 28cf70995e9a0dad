-- expect: ok|error ; text=/not enough memory/
local t={} for i=1,150 do t[i]=("x"):rep(250000)..i end print(pcall(json.encode,t))
