-- expect: ok ; out=/^nil\tnil\tnil\tnil/
print(debug.getinfo,debug.sethook,debug.getregistry,debug.getlocal)
