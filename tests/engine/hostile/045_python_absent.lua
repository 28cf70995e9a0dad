-- expect: ok ; out=/^nil\tnil\tnil\tnil/
print(python,lupa,package.loadlib,os.execute)
