#!/bin/sh
# Makes a folder that can be a root by itself: a shell, git, Python, ringfence with what its hooks need, and a policy,
# compiled. usage: self-contained.sh DIR [POLICY], with ringfence's Python in $PYTHON (or python3), as root.
set -eu
root=$1 policy=${2-} python=${PYTHON:-python3}
mkdir -p "$root/bin" "$root/usr/bin" "$root/etc/ringfence" "$root/dev" "$root/tmp"
chmod 1777 "$root/tmp"
[ -e "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null ||  # git doesn't start without
    { : > "$root/dev/null"; chmod 666 "$root/dev/null"; }

cp "$(command -v busybox)" "$root/bin/busybox"
for applet in sh cat env ls timeout; do ln -sf busybox "$root/bin/$applet"; done
cp "$(command -v git)" "$root/usr/bin/git"
[ -z "$policy" ] || cp "$policy" "$root/etc/ringfence/policy.toml"

"$python" - "$root/opt/ringfence" <<'END'
import compileall, importlib.metadata, importlib.util, os, shutil, sys, sysconfig
from ringfence.resources import find_shipped_folder

prefix = sys.argv[1]
version = f"python{sys.version_info.major}.{sys.version_info.minor}"
library = os.path.join(prefix, "lib", version)
unused = ("__pycache__", "config-*", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "dist-packages",
          "sqlite3/test", "test", "tests", "tkinter", "turtledemo", "*.a")
shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=shutil.ignore_patterns(*unused), dirs_exist_ok=True)
packages = library  # where every Python looks; Debian's looks into no site-packages
for name in ("hyperscan", "pydantic", "pydantic-core", "annotated-types", "tomli", "typing-inspection",
             "typing-extensions"):
    for file in importlib.metadata.files(name):
        if ".." not in file.parts and "__pycache__" not in file.parts:
            os.makedirs(os.path.dirname(os.path.join(packages, file)), exist_ok=True)
            shutil.copy(file.locate(), os.path.join(packages, file))
ours = importlib.util.find_spec("ringfence").submodule_search_locations[0]
shutil.copytree(ours, os.path.join(packages, "ringfence"), ignore=shutil.ignore_patterns("__pycache__"),
                dirs_exist_ok=True)
for name in ("hooks", "policy"):
    shutil.copytree(find_shipped_folder(name), os.path.join(packages, "ringfence/_shipped", name), dirs_exist_ok=True)
os.makedirs(os.path.join(packages, "ringfence/_sealed"), exist_ok=True)
os.makedirs(os.path.join(prefix, "bin"), exist_ok=True)
shutil.copy(os.path.realpath(sys.executable), os.path.join(prefix, "bin/python3"))
compileall.compile_dir(prefix, quiet=2)
END

# What all of it is linked with, at the same paths.
{ find "$root/opt/ringfence" -name '*.so*'; echo "$root/opt/ringfence/bin/python3"; echo "$root/usr/bin/git"; } |
    while read -r file; do ldd "$file" 2>/dev/null || true; done | grep -o '/[^ ]*' | sort -u |
    while read -r library; do
        case $library in "$root"/* | *:) continue ;; esac
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done

# The name stands for everything that decides what is compiled: nothing in a sealed folder changes.
sealed=$(dirname "$(find "$root/opt/ringfence" -path '*/ringfence/hook.py')")/_sealed
find "$root/opt/ringfence" -path "$sealed" -prune -o -type f -exec cksum {} + | cksum > "$sealed/name"
cat > "$root/ringfence.sh" <<'END'
#!/bin/sh
# Asks ringfence; whatever goes wrong refuses.
exec /opt/ringfence/bin/python3 -I -c 'from ringfence.hook import main; main()' --forge ghes pre-receive "$@"
END
chmod 755 "$root/ringfence.sh"
chroot "$root" /opt/ringfence/bin/python3 -I -c '
from ringfence.policy.inputs import Inputs, read_organisation_layers
from ringfence.policy.load import load_plan
from ringfence.scan.prefilter import load_prefilter
load_prefilter(load_plan(Inputs(read_organisation_layers([], {}))))'
chmod 644 "$sealed"/*
