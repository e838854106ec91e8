function __umoci-tx_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __umoci-tx_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __umoci-tx_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __umoci-tx_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __umoci-tx_parse_tokens -S
    set -l unparsed_tokens (__umoci-tx_tokens -pc)
    switch $unparsed_tokens[1]
    case 'umoci-tx'
        __umoci-tx_parse_subcommand 0 'log=' 'verbose' 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'new'
            __umoci-tx_parse_subcommand 0 'image=' 'expect=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'tag'
            __umoci-tx_parse_subcommand 1 'image=' 'whole-index' 'expect=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'remove'
            __umoci-tx_parse_subcommand 0 'image=' 'expect=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'config'
            __umoci-tx_parse_subcommand 0 'image=' 'tag=' 'platform=' 'config.user=' 'config.workingdir=' 'config.stopsignal=' 'config.exposedports=+' 'config.env=+' 'config.entrypoint=+' 'config.entrypoint-json=' 'config.cmd=+' 'config.cmd-json=' 'config.volume=+' 'config.label=+' 'manifest.annotation=+' 'created=' 'author=' 'platform.os=' 'os=' 'platform.arch=' 'architecture=' 'platform.variant=' 'platform.os-version=' 'platform.os-features=+' 'clear=+' 'unset=+' 'patch=' 'patch-manifest=' 'no-history' 'history.author=' 'history.comment=' 'history.created=' 'history.created_by=' 'expect=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'stat'
            __umoci-tx_parse_subcommand 0 'image=' 'platform=' 'at-op=' 'json' 'version' 'h/help'
        case 'cat'
            __umoci-tx_parse_subcommand 1 'image=' 'platform=' 'at-op=' 'json' 'version' 'h/help'
        case 'diff'
            __umoci-tx_parse_subcommand 2 'layout=' 'platform=' 'files' 'json' 'version' 'h/help'
        case 'unpack'
            __umoci-tx_parse_subcommand 1 'image=' 'platform=' 'at-op=' 'uid-map=+' 'gid-map=+' 'rootless' 'keep-dirlinks' 'progress=' 'durability=' 'max-layer-size=' 'max-ratio=' 'max-entries=' 'max-path-length=' 'max-path-depth=' 'max-xattr-size=' 'max-header-size=' 'json' 'version' 'h/help'
        case 'raw'
            __umoci-tx_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'unpack'
                __umoci-tx_parse_subcommand 1 'image=' 'platform=' 'at-op=' 'uid-map=+' 'gid-map=+' 'rootless' 'keep-dirlinks' 'progress=' 'durability=' 'max-layer-size=' 'max-ratio=' 'max-entries=' 'max-path-length=' 'max-path-depth=' 'max-xattr-size=' 'max-header-size=' 'json' 'version' 'h/help'
            case 'runtime-config'
                __umoci-tx_parse_subcommand 1 'image=' 'platform=' 'at-op=' 'rootfs=' 'uid-map=+' 'gid-map=+' 'rootless' 'json' 'version' 'h/help'
            end
        case 'init'
            __umoci-tx_parse_subcommand 0 'layout=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'list'
            __umoci-tx_parse_subcommand 0 'layout=' 'at-op=' 'json' 'version' 'h/help'
        case 'log'
            __umoci-tx_parse_subcommand 0 'layout=' 'tag=+' 'limit=' 'since=' 'json' 'version' 'h/help'
        case 'show'
            __umoci-tx_parse_subcommand 1 'layout=' 'json' 'version' 'h/help'
        case 'undo'
            __umoci-tx_parse_subcommand 1 'layout=' 'force' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'redo'
            __umoci-tx_parse_subcommand 0 'layout=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'restore'
            __umoci-tx_parse_subcommand 0 'layout=' 'to=' 'tag=+' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'status'
            __umoci-tx_parse_subcommand 0 'layout=' 'json' 'version' 'h/help'
        case 'recover'
            __umoci-tx_parse_subcommand 0 'layout=' 'accept-index' 'adopt' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'batch'
            __umoci-tx_parse_subcommand 1 'layout=' 'm/message=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
        case 'exec'
            __umoci-tx_parse_subcommand -r 1 'layout=' 'm/message=' 'lock-timeout=' 'durability=' 'json' 'version' 'h/help'
        case 'settings'
            __umoci-tx_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __umoci-tx_parse_subcommand 0 'layout=' 'json' 'version' 'h/help'
            case 'get'
                __umoci-tx_parse_subcommand 1 'layout=' 'json' 'version' 'h/help'
            case 'set'
                __umoci-tx_parse_subcommand 2 'layout=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
            case 'unset'
                __umoci-tx_parse_subcommand 1 'layout=' 'lock-timeout=' 'durability=' 'dry-run' 'json' 'version' 'h/help'
            end
        case 'help'
            __umoci-tx_parse_subcommand -r 1 'version'
        end
    end
end

function __umoci-tx_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __umoci-tx_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __umoci-tx_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __umoci-tx_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__umoci-tx_tokens -p)
    if test -z "$(__umoci-tx_tokens -t)"
        set -l index (count (__umoci-tx_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'umoci-tx' -f
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx" log' -l 'log' -d 'How much to tell: debug, info, warn, error or fatal. (default: warn)' -rfka 'debug info warn warning error fatal'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx" verbose' -l 'verbose' -d 'The same as `--log=info`.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'new' -d 'Create an empty image and point a tag to it.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'tag' -d 'Point another tag to an image.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'remove' -d 'Remove a tag.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'config' -d 'Edit the configuration and the annotations of an image.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'stat' -d 'Show the manifest, the configuration and the history of an image.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'cat' -d 'Print the manifest, the configuration or any blob of an image, verified.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'diff' -d 'Show how two images, or two states of a layout, differ.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'unpack' -d 'Unpack an image into a runtime bundle.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'raw' -d 'Make the parts of a bundle by themselves.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'init' -d 'Create an empty image layout.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'list' -d 'List the tags of a layout.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'log' -d 'List what was done to a layout, newest first.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'show' -d 'Show everything that is recorded about an operation.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'undo' -d 'Take an operation back, as a new operation.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'redo' -d 'Bring back what your newest undo took away.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'restore' -d 'Set all tags, or some, back to what they were.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'status' -d 'Tell how a layout is doing, without changing it.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'recover' -d 'Finish or roll back what a crash interrupted, and put the layout in order.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'batch' -d 'Make many edits as one operation: all of them or none.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'exec' -d 'Run another tool on this layout as one operation.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'settings' -d 'Read and change the settings of a layout.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" expect' -l 'expect' -d 'Fail (75) unless the tag points to this digest, or is absent (`none`).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx new" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" whole-index' -l 'whole-index' -d 'Tag the index of a multi-platform image itself.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" expect' -l 'expect' -d 'Fail (75) unless the tag points to this digest, or is absent (`none`).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx tag" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" expect' -l 'expect' -d 'Fail (75) unless the tag points to this digest, or is absent (`none`).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" tag' -l 'tag' -d 'The tag to set instead of the one of `--image`.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" platform' -l 'platform' -d 'Which image of a multi-platform one.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" config.user' -l 'config.user' -d 'The user.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" config.workingdir' -l 'config.workingdir' -d 'The folder to start in.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" config.stopsignal' -l 'config.stopsignal' -d 'The signal that stops a container.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.exposedports' -d 'A port to expose; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.env' -d 'A variable to set; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.entrypoint' -d 'A word of the new entrypoint; repeat it for each word.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" config.entrypoint-json' -l 'config.entrypoint-json' -d 'The new entrypoint as a JSON array.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.cmd' -d 'A word of the new command; repeat it for each word.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" config.cmd-json' -l 'config.cmd-json' -d 'The new command as a JSON array.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.volume' -d 'A volume to add; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'config.label' -d 'A label to set; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'manifest.annotation' -d 'An annotation of the manifest to set; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" created' -l 'created' -d 'When the image was made (RFC 3339).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" author' -l 'author' -d 'Who made the image.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" platform.os' -l 'platform.os' -d 'The operating system.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" os' -l 'os' -d 'The same as `--platform.os`.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" platform.arch' -l 'platform.arch' -d 'The processor, such as amd64.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" architecture' -l 'architecture' -d 'The same as `--platform.arch`.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" platform.variant' -l 'platform.variant' -d 'The variant of the processor, such as v8.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" platform.os-version' -l 'platform.os-version' -d 'The version of the operating system.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'platform.os-features' -d 'What the system must have; repeat it for each feature, the list is replaced.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'clear' -d 'Empty a whole part: config.labels, config.exposedports, config.env, config.volume, config.cmd, config.entrypoint or manifest.annotations; may be repeated.' -rfka 'config.labels manifest.annotations config.exposedports config.env config.volume config.cmd config.entrypoint'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config"' -l 'unset' -d 'Remove one entry of a part, such as config.env=DEBUG; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" patch' -l 'patch' -d 'A JSON merge patch for the config, from a file or - for standard input.' -rF
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" patch-manifest' -l 'patch-manifest' -d 'A JSON merge patch for the manifest, from a file or - for standard input.' -rF
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" no-history' -l 'no-history' -d 'Add no entry to the history of the image.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" history.author' -l 'history.author' -d 'The author in the history entry.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" history.comment' -l 'history.comment' -d 'The comment in the history entry.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" history.created' -l 'history.created' -d 'The time in the history entry (RFC 3339).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" history.created_by' -l 'history.created_by' -d 'The command in the history entry.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" expect' -l 'expect' -d 'Fail (75) unless the tag points to this digest, or is absent (`none`).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" platform' -l 'platform' -d 'Which image of a multi-platform one.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx stat" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" platform' -l 'platform' -d 'Which image of a multi-platform one.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx cat" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" platform' -l 'platform' -d 'Which image of a multi-platform one.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" files' -l 'files' -d 'Compare the files as well; reads the layers that are not in common.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx diff" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" platform' -l 'platform' -d 'Which image of a multi-platform one. (default: this machine\'s)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx unpack" -eq 1' -fa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack"' -l 'uid-map' -d 'Users of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack"' -l 'gid-map' -d 'Groups of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" rootless' -l 'rootless' -d 'Work without privileges: everything belongs to you, owners are kept in attributes.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" keep-dirlinks' -l 'keep-dirlinks' -d 'Extract directories through symbolic links that lead to directories.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" progress' -l 'progress' -d 'How far it is: `auto` (on a terminal), `plain`, `json` or `none`. (default: auto)' -rfka 'auto plain json none'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" durability' -l 'durability' -d '`full` returns when everything is on stable storage. (default: relaxed)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-layer-size' -l 'max-layer-size' -d 'The largest uncompressed layer; K, M, G or T may follow. (default: 64G)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-ratio' -l 'max-ratio' -d 'How many times its size a layer of more than 4G may unpack to. (default: 250)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-entries' -l 'max-entries' -d 'The most entries that all layers may have. (default: 10000000)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-path-length' -l 'max-path-length' -d 'The longest name of an entry. (default: 4095)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-path-depth' -l 'max-path-depth' -d 'The most components that a name may have. (default: 1024)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-xattr-size' -l 'max-xattr-size' -d 'The largest value of an extended attribute. (default: 64K)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" max-header-size' -l 'max-header-size' -d 'The most that all headers of an entry may take. (default: 2M)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx unpack" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx raw" -eq 1' -fa 'unpack' -d 'Unpack an image into a root file system, without a bundle around it.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx raw" -eq 1' -fa 'runtime-config' -d 'Write the runtime configuration of an image.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" platform' -l 'platform' -d 'Which image of a multi-platform one. (default: this machine\'s)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx raw unpack" -eq 1' -fa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack"' -l 'uid-map' -d 'Users of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack"' -l 'gid-map' -d 'Groups of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" rootless' -l 'rootless' -d 'Work without privileges: everything belongs to you, owners are kept in attributes.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" keep-dirlinks' -l 'keep-dirlinks' -d 'Extract directories through symbolic links that lead to directories.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" progress' -l 'progress' -d 'How far it is: `auto` (on a terminal), `plain`, `json` or `none`. (default: auto)' -rfka 'auto plain json none'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" durability' -l 'durability' -d '`full` returns when everything is on stable storage. (default: relaxed)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-layer-size' -l 'max-layer-size' -d 'The largest uncompressed layer; K, M, G or T may follow. (default: 64G)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-ratio' -l 'max-ratio' -d 'How many times its size a layer of more than 4G may unpack to. (default: 250)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-entries' -l 'max-entries' -d 'The most entries that all layers may have. (default: 10000000)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-path-length' -l 'max-path-length' -d 'The longest name of an entry. (default: 4095)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-path-depth' -l 'max-path-depth' -d 'The most components that a name may have. (default: 1024)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-xattr-size' -l 'max-xattr-size' -d 'The largest value of an extended attribute. (default: 64K)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" max-header-size' -l 'max-header-size' -d 'The most that all headers of an entry may take. (default: 2M)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw unpack" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" image' -l 'image' -d 'The layout and the tag, cut at the first colon; without a colon the tag is `latest`.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" platform' -l 'platform' -d 'Which image of a multi-platform one. (default: this machine\'s)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx raw runtime-config" -eq 1' -F
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" rootfs' -l 'rootfs' -d 'The root file system of the container, where users are looked up.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config"' -l 'uid-map' -d 'Users of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config"' -l 'gid-map' -d 'Groups of the image become others here; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" rootless' -l 'rootless' -d 'Work without privileges: everything belongs to you, owners are kept in attributes.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx raw runtime-config" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" layout' -l 'layout' -d 'The folder of the image layout.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx init" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx list" layout' -l 'layout' -d 'The folder of the image layout.' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx list" at-op' -l 'at-op' -d 'Read the layout as it was after this operation.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx list" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx list" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log"' -l 'tag' -d 'Only operations that changed this tag; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" limit' -l 'limit' -d 'At most so many operations.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" since' -l 'since' -d 'Only operations since then: 2026-11-20, 2026-11-20T10:00Z, yesterday, 3.days.ago.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx log" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx show" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx show" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx show" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" force' -l 'force' -d 'Set tags back even when they have moved since; says what that loses.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx undo" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx redo" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" to' -l 'to' -d 'An operation (12, kxmq, op:@) or a time (2026-11-20T10:00Z, yesterday, 2.hours.ago).' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore"' -l 'tag' -d 'Only this tag; may be repeated.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx restore" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx status" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx status" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx status" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx status" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" accept-index' -l 'accept-index' -d 'Go on from index.json as it is, when a restored backup left the journal behind it.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" adopt' -l 'adopt' -d 'Keep what other tools made of index.json, also where they overwrote newer changes.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx recover" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx batch" -eq 1' -F
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx batch" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" m message' -l 'message' -s 'm' -d 'Why; it is kept in the history.' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx exec" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings" -eq 1' -fa 'list' -d 'List all settings, their values and what they mean.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings" -eq 1' -fa 'get' -d 'Print the value of a setting.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings" -eq 1' -fa 'set' -d 'Change a setting.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings" -eq 1' -fa 'unset' -d 'Go back to the default of a setting.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings list" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings list" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings list" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings get" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings get" -eq 1' -fka 'foreign'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings get" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings get" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings get" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings set" -eq 1' -fka 'foreign'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings set" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" layout' -l 'layout' -d 'The folder of the image layout. (default: the current folder)' -rfa '(__umoci-tx_complete_directories)'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_positional "umoci-tx settings unset" -eq 1' -fka 'foreign'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" lock-timeout' -l 'lock-timeout' -d 'How long to wait for another writer; 0 does not wait. (default: 60)' -rfka ''
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" durability' -l 'durability' -d '`full` survives a power cut, `relaxed` only a crash of the program. (default: full)' -rfka 'full relaxed'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" dry-run' -l 'dry-run' -d 'Say what would change, and change nothing.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" json' -l 'json' -d 'Print one JSON document; errors become one JSON object on standard error.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" version' -l 'version' -d 'Show the version.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx settings unset" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'umoci-tx' -n '__umoci-tx_should_offer_completions_for_flags_or_options "umoci-tx help" version' -l 'version' -d 'Show the version.'
