# Completion of mpicount for fish. In ~/.config/fish/config.fish: mpicount completion fish | source

function __mpicount_complete
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    set -l current (commandline -ct)
    set -l lines ($program --complete $words "$current" </dev/null 2>/dev/null)
    set -l paths $lines[1]
    set -e lines[1]
    set -l prefix (string match -r -- '^--[^=]+=' $current)
    set -l name (string replace -- "$prefix" '' $current)
    switch "$paths"
        case files
            printf "$prefix%s\n" (__fish_complete_path "$name")
        case folders
            printf "$prefix%s\n" (__fish_complete_directories "$name")
        case '*'
            printf '%s\n' $lines
    end
end

complete -c mpicount -f -a '(__mpicount_complete)'
