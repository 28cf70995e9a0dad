-- expect: ok ; out=/1/
for i=math.maxinteger,math.maxinteger do print(1) end
