# debian_source.sh - what the fetch scripts share: apt of our own, without root
# SPDX-License-Identifier: MIT
#
# Sourced. The mirror is the one that the machine's own apt is set up with; no
# host is named here. $deps is the folder that all of it goes to.

# This release's own source lines, from the machine's binary lines in both
# of apt's formats; third parties' are left out.
source_lines() {
    local codename
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
    [ -n "$codename" ] || return 0
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        awk '
            $1 != "deb" { next }
            { at = 2; key = "-" }
            $2 ~ /^\[/ {
                do {
                    if (match($at, /signed-by=[^] ]+/))
                        key = substr($at, RSTART + 10, RLENGTH - 10)
                } while ($(at++) !~ /\]$/)
            }
            {
                uri = $at; suite = $(at + 1)
                $0 = substr($0, index($0, suite) + length(suite))
                print key, uri, suite, $0
            }' | own_lines "$codename"
    cat /etc/apt/sources.list.d/*.sources <(echo) 2>/dev/null |
        awk '
            function flush(  i, j, uri, suite) {
                split(suites, suite, " ")
                for (i = 1; i in suite; i++)
                    for (j = split(uris, uri, " "); j > 0; j--)
                        print key, uri[j], suite[i], parts
                uris = suites = parts = ""; key = "-"
            }
            BEGIN { key = "-" }
            /^#/ { next }
            /^[ \t]*$/ { flush(); next }
            { field = tolower($1) }
            field == "signed-by:" && $2 ~ /^\// { key = $2 }
            { $1 = "" }
            field == "uris:" { uris = $0 }
            field == "suites:" { suites = $0 }
            field == "components:" { parts = $0 }' | own_lines "$codename"
}

# Reads "key uri suite components", prints deb-src lines of this release.
own_lines() {
    awk -v code="$1" '
        $1 != "-" && $1 !~ /(debian|ubuntu)-archive-keyring/ { next }
        $3 != code && index($3, code "-") != 1 { next }
        {
            by = $1 == "-" ? "" : "[signed-by=" $1 "] "
            $1 = ""
            print "deb-src " by substr($0, 2)
        }'
}

# Reads the lines of a sources list. False: there are none.
private_apt_init() {
    local apt=$deps/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    cat >"$apt/sources.list"
    [ -s "$apt/sources.list" ] || return 1
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
CONF
}

# apt with lists, cache and configuration of its own.
private_apt() {
    apt-get -c "$deps/apt/apt.conf" "$@" >>"$deps/log" 2>&1
}
