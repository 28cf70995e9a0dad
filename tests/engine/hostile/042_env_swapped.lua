-- expect: ok ; out=/nil/
print(load("return io","=x","b",{})())
