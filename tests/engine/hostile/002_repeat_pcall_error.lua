-- expect: cpu
repeat pcall(error,"x") until false
