# Completes slipway in fish 3.1 or later. Load it: npx slipway completion fish | source

# __slipway_names BEFORE AFTER: what is between them in the paths of the repository that the working directory is in.
function __slipway_names --argument-names before after
    set -l root $PWD
    while test -n "$root"; and not test -f "$root/cli/slipway.mjs"
        set root (string replace --regex '/[^/]*$' '' -- $root)
    end
    test -n "$root"; or return
    set -l paths $root/$before*$after
    set -l start (math (string length -- "$root/$before") + 1)
    string sub --start $start -- $paths | string replace --regex -- (string escape --style=regex -- $after)'$' ''
end

# __slipway_offer BEFORE WORD KIND [PARAMETER…]: what completes the word, each after what is before it in its token.
function __slipway_offer --argument-names before word kind
    set -e argv[1..3]
    switch $kind
        case file
            set argv (__fish_complete_path $word)
        case commit
            set argv (git for-each-ref --format='%(refname:short)' 2>/dev/null)
        case names
            set argv (__slipway_names $argv)
        case list
            set before $before(string match --regex '^.*,' -- $word; or echo '')
        case words
        case '*'
            return
    end
    test (count $argv) -eq 0; or printf '%s\n' $before$argv
end

# Completes the word under the cursor.
function __slipway_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l word (commandline --current-token --cut-at-cursor)
    set -l subcommand ''
    set -l option
    set -l arguments 0
    # Of npx, what follows slipway.
    while set -q words[1]; and not string match --quiet --regex '(^|/)slipway$' -- $words[1]
        set -e words[1]
    end
    set -e words[1]
    for one in $words
        if set -q option[1]
            set -e option[1]
        else if string match --quiet -- '-*' $one
            set -l source (__slipway_source "$subcommand $one")
            set -q source[1]; and set option $one
        else if test -z "$subcommand"
            set subcommand $one
        else
            set arguments (math $arguments + 1)
        end
    end
    set -l before (string match --regex -- '^--[^=]+=' $word; or echo '')
    if set -q option[1]
        __slipway_offer '' "$word" (__slipway_source "$subcommand $option")
    else if test -n "$before"
        set word (string sub --start (math (string length -- $before) + 1) -- $word)
        __slipway_offer $before "$word" (__slipway_source "$subcommand "(string trim --right --chars = -- $before))
    else if string match --quiet -- '-*' $word
        __slipway_options $subcommand
    else if test -z "$subcommand"
        __slipway_subcommands
    else
        __slipway_offer '' "$word" (__slipway_source "$subcommand argument "(math $arguments + 1))
    end
end

# True if what npx runs is slipway.
function __slipway_of_npx
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    while set -q words[1]; and string match --quiet -- '-*' $words[1]
        set -e words[1]
    end
    test "$words[1]" = slipway
end

complete --command slipway --no-files --arguments '(__slipway_complete)'
# What completes npx already, stays.
complete --command npx --condition __slipway_of_npx --no-files --arguments '(__slipway_complete)'
