-- expect: ok ; out=/FILE. expected/
print(pcall(io.stdout.write,setmetatable({},getmetatable(io.stdout)),"x"))
