-- expect: cpu|ok|error
for i=1,50 do pcall(string.rep,"x",2^40) pcall(string.rep,"x",60*2^20) end print("end")
