#compdef umoci-tx

__umoci-tx_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__umoci-tx_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __umoci-tx_complete "${completions[@]:0:-1}"
    fi
}

__umoci-tx_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

_umoci-tx() {
    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar ___log=('debug' 'info' 'warn' 'warning' 'error' 'fatal')
    local -ar arg_specs=(
        '--log[How much to tell\: debug, info, warn, error or fatal. (default\: warn)]:level:{__umoci-tx_complete "${___log[@]}"}'
        '--verbose[The same as `--log=info`.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'new:Create an empty image and point a tag to it.'
            'tag:Point another tag to an image.'
            'remove:Remove a tag, or an entry that has none.'
            'config:Edit the configuration and the annotations of an image.'
            'insert:Put files and folders into an image, or remove some, as one new layer.'
            'stat:Show the manifest, the configuration and the history of an image.'
            'cat:Print the manifest, the configuration or any blob of an image, verified.'
            'diff:Show how two images, or two states of a layout, differ.'
            'unpack:Unpack an image into a runtime bundle.'
            'repack:Add what has changed in a bundle to its image, as one new layer.'
            'raw:Make the parts of bundles and images by themselves.'
            'init:Create an empty image layout.'
            'list:List the tags of a layout.'
            'gc:Take blobs that nothing needs out of a layout.'
            'log:List what was done to a layout, newest first.'
            'show:Show everything that is recorded about an operation.'
            'who:Tell who moved a tag last, when, from what to what, and why.'
            'undo:Take an operation back, as a new operation.'
            'redo:Bring back what your newest undo took away.'
            'restore:Set all tags, or some, back to what they were.'
            'audit:Check the history against what vouches for it, and take it elsewhere.'
            'status:Tell how a layout is doing, without changing it.'
            'verify:Check that a layout, its images and its history are whole.'
            'recover:Finish or roll back what a crash interrupted, and put the layout in order.'
            'batch:Make many edits as one operation: all of them or none.'
            'exec:Run another tool on this layout as one operation.'
            'settings:Read and change the settings of a layout.'
            'leases:List what bundles need of a layout, and end it.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        new|tag|remove|config|insert|stat|cat|diff|unpack|repack|raw|init|list|gc|log|show|who|undo|redo|restore|audit|status|verify|recover|batch|exec|settings|leases|help)
            "_umoci-tx_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_umoci-tx_new() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_tag() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        ':new-tag:'
        '--whole-index[Tag the index of a multi-platform image itself.]'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_remove() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_config() {
    local -i ret=1
    local -ar ___clear=('config.labels' 'manifest.annotations' 'config.exposedports' 'config.env' 'config.volume' 'config.cmd' 'config.entrypoint')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--tag[The tag to set instead of the one of `--image`.]:new-tag:'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        '--config.user[The user.]:user:'
        '--config.workingdir[The folder to start in.]:path:'
        '--config.stopsignal[The signal that stops a container.]:signal:'
        '*--config.exposedports[A port to expose; may be repeated.]:port:'
        '*--config.env[A variable to set; may be repeated.]:name=value:'
        '*--config.entrypoint[A word of the new entrypoint; repeat it for each word.]:word:'
        '--config.entrypoint-json[The new entrypoint as a JSON array.]:json:'
        '*--config.cmd[A word of the new command; repeat it for each word.]:word:'
        '--config.cmd-json[The new command as a JSON array.]:json:'
        '*--config.volume[A volume to add; may be repeated.]:path:'
        '*--config.label[A label to set; may be repeated.]:name=value:'
        '*--manifest.annotation[An annotation of the manifest to set; may be repeated.]:name=value:'
        '--created[When the image was made (RFC 3339).]:time:'
        '--author[Who made the image.]:name:'
        '--platform.os[The operating system.]:os:'
        '--os[The same as `--platform.os`.]:os:'
        '--platform.arch[The processor, such as amd64.]:arch:'
        '--architecture[The same as `--platform.arch`.]:arch:'
        '--platform.variant[The variant of the processor, such as v8.]:variant:'
        '--platform.os-version[The version of the operating system.]:version:'
        '*--platform.os-features[What the system must have; repeat it for each feature, the list is replaced.]:feature:'
        '*--clear[Empty a whole part\: config.labels, config.exposedports, config.env, config.volume, config.cmd, config.entrypoint or manifest.annotations; may be repeated.]:part:{__umoci-tx_complete "${___clear[@]}"}'
        '*--unset[Remove one entry of a part, such as config.env=DEBUG; may be repeated.]:part=name:'
        '--patch[A JSON merge patch for the config, from a file or - for standard input.]:file:_files'
        '--patch-manifest[A JSON merge patch for the manifest, from a file or - for standard input.]:file:_files'
        '--no-history[Add no entry to the history of the image.]'
        '--history.author[The author in the history entry.]:name:'
        '--history.comment[The comment in the history entry.]:text:'
        '--history.created[The time in the history entry (RFC 3339).]:time:'
        '--history.created_by[The command in the history entry.]:text:'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_insert() {
    local -i ret=1
    local -ar ___compress=('auto' 'gzip' 'zstd' 'none')
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--tag[The tag to set instead of the one of `--image`.]:new-tag:'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        '*:source target:_files'
        '--whiteout[Remove the targets instead.]'
        '--opaque[Hide what the image has at the targets.]'
        '*--uid-map[Users of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '*--gid-map[Groups of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '--rootless[Work without privileges\: everything belongs to you, owners are kept in attributes.]'
        '--compress[`auto` (like the uppermost compressed layer, else gzip), `gzip`, `zstd` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___compress[@]}"}'
        '--compress-level[1 (fast) to 12 (small) for gzip, to 19 for zstd. (default\: 3; of what is no text, gzip\: 2)]:level:'
        '*--layer.annotation[An annotation of the layer; may be repeated.]:name=value:'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '--no-history[Add no entry to the history of the image.]'
        '--history.author[The author in the history entry.]:name:'
        '--history.comment[The comment in the history entry.]:text:'
        '--history.created[The time in the history entry (RFC 3339).]:time:'
        '--history.created_by[The command in the history entry.]:text:'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_stat() {
    local -i ret=1
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        '--at-op[Read the layout as it was after this operation.]:op:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_cat() {
    local -i ret=1
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        '--at-op[Read the layout as it was after this operation.]:op:'
        ':manifest|config|index|digest:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_diff() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':a:'
        ':b:'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        '--files[Compare the files as well; reads the layers that are not in common.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_unpack() {
    local -i ret=1
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--platform[Which image of a multi-platform one. (default\: this machine'\''s)]:os/arch\[/variant\]:'
        '--at-op[Read the layout as it was after this operation.]:op:'
        ':bundle:_files -/'
        '*--uid-map[Users of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '*--gid-map[Groups of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '--rootless[Work without privileges\: everything belongs to you, owners are kept in attributes.]'
        '--keep-dirlinks[Extract directories through symbolic links that lead to directories.]'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '--durability[`full` returns when everything is on stable storage. (default\: relaxed)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--max-layer-size[The largest uncompressed layer; K, M, G or T may follow. (default\: 64G)]:bytes:'
        '--max-ratio[How many times its size a layer of more than 4G may unpack to. (default\: 250)]:number:'
        '--max-entries[The most entries that all layers may have. (default\: 10000000)]:number:'
        '--max-path-length[The longest name of an entry. (default\: 4095)]:bytes:'
        '--max-path-depth[The most components that a name may have. (default\: 1024)]:number:'
        '--max-xattr-size[The largest value of an extended attribute. (default\: 64K)]:bytes:'
        '--max-header-size[The most that all headers of an entry may take. (default\: 2M)]:bytes:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_repack() {
    local -i ret=1
    local -ar ___compress=('auto' 'gzip' 'zstd' 'none')
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        ':bundle:_files -/'
        '*--mask-path[Leave out changes of this path and of what is below it; may be repeated.]:path:'
        '--no-mask-volumes[Do not leave out the volumes of the image.]'
        '--refresh-bundle[Base the bundle on the new image afterwards.]'
        '--full[Read every file, whatever its status says.]'
        '--compress[`auto` (like the uppermost compressed layer, else gzip), `gzip`, `zstd` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___compress[@]}"}'
        '--compress-level[1 (fast) to 12 (small) for gzip, to 19 for zstd. (default\: 3; of what is no text, gzip\: 2)]:level:'
        '*--layer.annotation[An annotation of the layer; may be repeated.]:name=value:'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '--no-history[Add no entry to the history of the image.]'
        '--history.author[The author in the history entry.]:name:'
        '--history.comment[The comment in the history entry.]:text:'
        '--history.created[The time in the history entry (RFC 3339).]:time:'
        '--history.created_by[The command in the history entry.]:text:'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_raw() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'unpack:Unpack an image into a root file system, without a bundle around it.'
            'runtime-config:Write the runtime configuration of an image.'
            'add-layer:Add a tar archive to an image as a layer.'
            'mtree-validate:Compare a root file system with an mtree file.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        unpack|runtime-config|add-layer|mtree-validate)
            "_umoci-tx_raw_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_umoci-tx_raw_unpack() {
    local -i ret=1
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--platform[Which image of a multi-platform one. (default\: this machine'\''s)]:os/arch\[/variant\]:'
        '--at-op[Read the layout as it was after this operation.]:op:'
        ':rootfs:_files -/'
        '*--uid-map[Users of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '*--gid-map[Groups of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '--rootless[Work without privileges\: everything belongs to you, owners are kept in attributes.]'
        '--keep-dirlinks[Extract directories through symbolic links that lead to directories.]'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '--durability[`full` returns when everything is on stable storage. (default\: relaxed)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--max-layer-size[The largest uncompressed layer; K, M, G or T may follow. (default\: 64G)]:bytes:'
        '--max-ratio[How many times its size a layer of more than 4G may unpack to. (default\: 250)]:number:'
        '--max-entries[The most entries that all layers may have. (default\: 10000000)]:number:'
        '--max-path-length[The longest name of an entry. (default\: 4095)]:bytes:'
        '--max-path-depth[The most components that a name may have. (default\: 1024)]:number:'
        '--max-xattr-size[The largest value of an extended attribute. (default\: 64K)]:bytes:'
        '--max-header-size[The most that all headers of an entry may take. (default\: 2M)]:bytes:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_raw_runtime-config() {
    local -i ret=1
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--platform[Which image of a multi-platform one. (default\: this machine'\''s)]:os/arch\[/variant\]:'
        '--at-op[Read the layout as it was after this operation.]:op:'
        ':file:_files'
        '--rootfs[The root file system of the container, where users are looked up.]:dir:_files -/'
        '*--uid-map[Users of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '*--gid-map[Groups of the image become others here; may be repeated.]:container\:host\[\:size\]:'
        '--rootless[Work without privileges\: everything belongs to you, owners are kept in attributes.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_raw_add-layer() {
    local -i ret=1
    local -ar ___compress=('auto' 'gzip' 'zstd' 'none')
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--image[The layout and the tag, cut at the first colon; without a colon the tag is `latest`. Or the layout and a digest, or six or more of its first digits\: `app@3f2a1b`.]:path\[\:tag\]:_files -/'
        '--tag[The tag to set instead of the one of `--image`.]:new-tag:'
        '--platform[Which image of a multi-platform one.]:os/arch\[/variant\]:'
        ':file:_files'
        '--compress[`auto` (like the uppermost compressed layer, else gzip), `gzip`, `zstd` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___compress[@]}"}'
        '--compress-level[1 (fast) to 12 (small) for gzip, to 19 for zstd. (default\: 3; of what is no text, gzip\: 2)]:level:'
        '*--layer.annotation[An annotation of the layer; may be repeated.]:name=value:'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '--no-history[Add no entry to the history of the image.]'
        '--history.author[The author in the history entry.]:name:'
        '--history.comment[The comment in the history entry.]:text:'
        '--history.created[The time in the history entry (RFC 3339).]:time:'
        '--history.created_by[The command in the history entry.]:text:'
        '--expect[Fail (75) unless the tag points to this digest, of which six digits are enough, or to what this tag points to, or is absent (`none`).]:digest|tag|none:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_raw_mtree-validate() {
    local -i ret=1
    local -ar arg_specs=(
        '(--manifest --file -f)'{--manifest,--file,-f}'[The mtree file.]:file:_files'
        '(--path -p)'{--path,-p}'[The root of the tree.]:dir:_files -/'
        '(--use-keywords -k)'{--use-keywords,-k}'[Compare these keywords only.]:list:'
        '(--add-keywords -K)'{--add-keywords,-K}'[Compare these keywords too.]:list:'
        '--umoci-keywords[Compare the keywords that bundles have.]'
        '--rootless[Read what keeps its own owner out.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_init() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout.]:path:_files -/'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder, if it is one)]:path:_files -/'
        '(--long -l)'{--long,-l}'[Tell everything about each image.]'
        '(--all -a)'{--all,-a}'[List entries without a tag too, as @DIGEST, and the images of indexes.]'
        '--at-op[Read the layout as it was after this operation.]:op:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_gc() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder, if it is one)]:path:_files -/'
        '--prune[Delete trash older than this at once, or all of it without an age.]:age:'
        '--grace[Leave blobs that nothing has ever reached until they are this old. (default\: 1h)]:age:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_log() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '(--limit -n)'{--limit,-n}'[At most so many operations.]:count:'
        '*--tag[Only operations that changed this tag; may be repeated.]:tag:'
        '--since[Only operations since then\: 2026-11-20T10\:00Z, 2026-11-20, 09\:01, today, 5m, 3.days.ago, yesterday (24 hours ago); times without a zone are UTC.]:time:'
        '*--who[Only operations of this user, by name or id; may be repeated.]:user:'
        '*--kind[Only operations of these kinds, with commas between them\: init, adopt, new, tag, remove, config, insert, add-layer, repack, batch, exec, settings, undo, redo, restore, external, heal, repair, fork, accept, gc, expire. May be repeated.]:kind:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_show() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':op:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_who() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':tag:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_undo() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':op:'
        '--force[Set back even what has been set since; says what that loses.]'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_redo() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':op:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_restore() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--to[An operation (12, 12^, kxmq, @, TAG@{1}) or a time (2026-11-20T10\:00Z, 09\:01, today, 2h); times without a zone are UTC.]:op|time:'
        '*--tag[Only this tag; may be repeated.]:tag:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_audit() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'verify:Check that no record was changed, dropped, added or reordered.'
            'head:Print the hash of the newest record, to be kept elsewhere.'
            'export:Print the records as JSON Lines, oldest first.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        verify|head|export)
            "_umoci-tx_audit_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_umoci-tx_audit_verify() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--head[A head that the history must contain\: what `audit head` printed once, or a stamp.]:hex:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_audit_head() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_audit_export() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '*--tag[Only operations that changed this tag; may be repeated.]:tag:'
        '--since[Only operations since then\: 2026-11-20T10\:00Z, 2026-11-20, 09\:01, today, 5m, 3.days.ago, yesterday (24 hours ago); times without a zone are UTC.]:time:'
        '*--who[Only operations of this user, by name or id; may be repeated.]:user:'
        '*--kind[Only operations of these kinds, with commas between them\: init, adopt, new, tag, remove, config, insert, add-layer, repack, batch, exec, settings, undo, redo, restore, external, heal, repair, fork, accept, gc, expire. May be repeated.]:kind:'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_status() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_verify() {
    local -i ret=1
    local -ar ___progress=('auto' 'plain' 'json' 'none')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--image[Check only what this tag stands for, and no history.]:path\[\:tag\]:_files -/'
        '--deep[Look into layers\: diff IDs, tar structure, unsafe names, whiteouts.]'
        '--repair[Put back what is damaged and has a good copy.]'
        '*--remove-tag[With --repair\: remove this tag if what it needs cannot be put back; may be repeated.]:tag:'
        '--progress[How far it is\: `auto` (on a terminal), `plain`, `json` or `none`. (default\: auto)]:how:{__umoci-tx_complete "${___progress[@]}"}'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_recover() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--accept-index[Go on from index.json as it is, whatever the history says\: a past state, or a backup.]'
        '--adopt[Keep what other tools made of index.json, also where they overwrote newer changes.]'
        '--take-over[Go on where another machine wrote last; nothing there may write any more.]'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_batch() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':file:_files'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_exec() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '*:tool:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_settings() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List all settings, their values and what they mean.'
            'get:Print the value of a setting.'
            'set:Change a setting.'
            'unset:Go back to the default of a setting.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|get|set|unset)
            "_umoci-tx_settings_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_umoci-tx_settings_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_settings_get() {
    local -i ret=1
    local -ar _name=('foreign' 'trash-days' 'undo-days' 'undo-operations')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':name:{__umoci-tx_complete "${_name[@]}"}'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_settings_set() {
    local -i ret=1
    local -ar _name=('foreign' 'trash-days' 'undo-days' 'undo-operations')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':name:{__umoci-tx_complete "${_name[@]}"}'
        ':value:'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_settings_unset() {
    local -i ret=1
    local -ar _name=('foreign' 'trash-days' 'undo-days' 'undo-operations')
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        ':name:{__umoci-tx_complete "${_name[@]}"}'
        '(--message -m)'{--message,-m}'[Why; it is kept in the history.]:text:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would change, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_leases() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List all leases, and whether their bundles can be seen from here.'
            'drop:End leases, and give up refreshes of their bundles that were interrupted.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|drop)
            "_umoci-tx_leases_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_umoci-tx_leases_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_leases_drop() {
    local -i ret=1
    local -ar ___durability=('full' 'relaxed')
    local -ar arg_specs=(
        '--layout[The folder of the image layout. (default\: the current folder)]:path:_files -/'
        '*:bundle:'
        '--lock-timeout[How long to wait for another writer; 0 does not wait. (default\: 60)]:seconds:'
        '--durability[`full` survives a power cut, `relaxed` only a crash of the program. (default\: full)]:how:{__umoci-tx_complete "${___durability[@]}"}'
        '--dry-run[Say what would end, and change nothing.]'
        '--json[Print one JSON document; errors become one JSON object on standard error.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_umoci-tx_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _umoci-tx ]]; then
    _umoci-tx "${@}"
else
    compdef _umoci-tx umoci-tx
fi
