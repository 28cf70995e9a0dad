-- expect: ok ; out=/true/
print(tostring(print):match("0x%x+")~=nil, ("%p"):format("x"), ("%s"):format({}), math.randomseed())
