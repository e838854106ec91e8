#!/bin/bash

__umoci-tx_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__umoci-tx_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__umoci-tx_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__umoci-tx_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_umoci-tx() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--verbose --version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=(--log)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--log')
        __umoci-tx_add_completions -W 'debug'$'\n''info'$'\n''warn'$'\n''warning'$'\n''error'$'\n''fatal'
        return
        ;;
    esac

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    new|tag|remove|config|insert|stat|cat|diff|unpack|repack|raw|init|list|gc|log|show|who|undo|redo|restore|audit|status|verify|recover|batch|exec|settings|leases|help)
        # Offer subcommand argument completions
        "_umoci-tx_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'new tag remove config insert stat cat diff unpack repack raw init list gc log show who undo redo restore audit status verify recover batch exec settings leases help' -- "${cur}"))
        ;;
    esac
}

_umoci-tx_new() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--image --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_tag() {
    repeating_flags=()
    non_repeating_flags=(--whole-index --dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--image --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_remove() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--image --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_config() {
    repeating_flags=()
    non_repeating_flags=(--no-history --dry-run --json --version -h --help)
    repeating_options=(--config.exposedports --config.env --config.entrypoint --config.cmd --config.volume --config.label --manifest.annotation --platform.os-features --clear --unset)
    non_repeating_options=(--image --tag --platform --config.user --config.workingdir --config.stopsignal --config.entrypoint-json --config.cmd-json --created --author --platform.os --os --platform.arch --architecture --platform.variant --platform.os-version --patch --patch-manifest --history.author --history.comment --history.created --history.created_by --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--tag')
        return
        ;;
    '--platform')
        return
        ;;
    '--config.user')
        return
        ;;
    '--config.workingdir')
        return
        ;;
    '--config.stopsignal')
        return
        ;;
    '--config.exposedports')
        return
        ;;
    '--config.env')
        return
        ;;
    '--config.entrypoint')
        return
        ;;
    '--config.entrypoint-json')
        return
        ;;
    '--config.cmd')
        return
        ;;
    '--config.cmd-json')
        return
        ;;
    '--config.volume')
        return
        ;;
    '--config.label')
        return
        ;;
    '--manifest.annotation')
        return
        ;;
    '--created')
        return
        ;;
    '--author')
        return
        ;;
    '--platform.os')
        return
        ;;
    '--os')
        return
        ;;
    '--platform.arch')
        return
        ;;
    '--architecture')
        return
        ;;
    '--platform.variant')
        return
        ;;
    '--platform.os-version')
        return
        ;;
    '--platform.os-features')
        return
        ;;
    '--clear')
        __umoci-tx_add_completions -W 'config.labels'$'\n''manifest.annotations'$'\n''config.exposedports'$'\n''config.env'$'\n''config.volume'$'\n''config.cmd'$'\n''config.entrypoint'
        return
        ;;
    '--unset')
        return
        ;;
    '--patch')
        __umoci-tx_add_completions -f
        return
        ;;
    '--patch-manifest')
        __umoci-tx_add_completions -f
        return
        ;;
    '--history.author')
        return
        ;;
    '--history.comment')
        return
        ;;
    '--history.created')
        return
        ;;
    '--history.created_by')
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_insert() {
    repeating_flags=()
    non_repeating_flags=(--whiteout --opaque --rootless --no-history --dry-run --json --version -h --help)
    repeating_options=(--uid-map --gid-map --layer.annotation)
    non_repeating_options=(--image --tag --platform --compress --compress-level --progress --history.author --history.comment --history.created --history.created_by --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--tag')
        return
        ;;
    '--platform')
        return
        ;;
    '--uid-map')
        return
        ;;
    '--gid-map')
        return
        ;;
    '--compress')
        __umoci-tx_add_completions -W 'auto'$'\n''gzip'$'\n''zstd'$'\n''none'
        return
        ;;
    '--compress-level')
        return
        ;;
    '--layer.annotation')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--history.author')
        return
        ;;
    '--history.comment')
        return
        ;;
    '--history.created')
        return
        ;;
    '--history.created_by')
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __umoci-tx_add_completions -f
        return
        ;;
    esac
}

_umoci-tx_stat() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--image --platform --at-op)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    '--at-op')
        return
        ;;
    esac
}

_umoci-tx_cat() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--image --platform --at-op)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    '--at-op')
        return
        ;;
    esac
}

_umoci-tx_diff() {
    repeating_flags=()
    non_repeating_flags=(--files --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --platform)
    __umoci-tx_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    esac
}

_umoci-tx_unpack() {
    repeating_flags=()
    non_repeating_flags=(--rootless --keep-dirlinks --json --version -h --help)
    repeating_options=(--uid-map --gid-map)
    non_repeating_options=(--image --platform --at-op --progress --durability --max-layer-size --max-ratio --max-entries --max-path-length --max-path-depth --max-xattr-size --max-header-size)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    '--at-op')
        return
        ;;
    '--uid-map')
        return
        ;;
    '--gid-map')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    '--max-layer-size')
        return
        ;;
    '--max-ratio')
        return
        ;;
    '--max-entries')
        return
        ;;
    '--max-path-length')
        return
        ;;
    '--max-path-depth')
        return
        ;;
    '--max-xattr-size')
        return
        ;;
    '--max-header-size')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_repack() {
    repeating_flags=()
    non_repeating_flags=(--no-mask-volumes --refresh-bundle --full --no-history --dry-run --json --version -h --help)
    repeating_options=(--mask-path --layer.annotation)
    non_repeating_options=(--image --compress --compress-level --progress --history.author --history.comment --history.created --history.created_by --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--mask-path')
        return
        ;;
    '--compress')
        __umoci-tx_add_completions -W 'auto'$'\n''gzip'$'\n''zstd'$'\n''none'
        return
        ;;
    '--compress-level')
        return
        ;;
    '--layer.annotation')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--history.author')
        return
        ;;
    '--history.comment')
        return
        ;;
    '--history.created')
        return
        ;;
    '--history.created_by')
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_raw() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __umoci-tx_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    unpack|runtime-config|add-layer|mtree-validate)
        # Offer subcommand argument completions
        "_umoci-tx_raw_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'unpack runtime-config add-layer mtree-validate' -- "${cur}"))
        ;;
    esac
}

_umoci-tx_raw_unpack() {
    repeating_flags=()
    non_repeating_flags=(--rootless --keep-dirlinks --json --version -h --help)
    repeating_options=(--uid-map --gid-map)
    non_repeating_options=(--image --platform --at-op --progress --durability --max-layer-size --max-ratio --max-entries --max-path-length --max-path-depth --max-xattr-size --max-header-size)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    '--at-op')
        return
        ;;
    '--uid-map')
        return
        ;;
    '--gid-map')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    '--max-layer-size')
        return
        ;;
    '--max-ratio')
        return
        ;;
    '--max-entries')
        return
        ;;
    '--max-path-length')
        return
        ;;
    '--max-path-depth')
        return
        ;;
    '--max-xattr-size')
        return
        ;;
    '--max-header-size')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_raw_runtime-config() {
    repeating_flags=()
    non_repeating_flags=(--rootless --json --version -h --help)
    repeating_options=(--uid-map --gid-map)
    non_repeating_options=(--image --platform --at-op --rootfs)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--platform')
        return
        ;;
    '--at-op')
        return
        ;;
    '--rootfs')
        __umoci-tx_add_completions -d
        return
        ;;
    '--uid-map')
        return
        ;;
    '--gid-map')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -f
        return
        ;;
    esac
}

_umoci-tx_raw_add-layer() {
    repeating_flags=()
    non_repeating_flags=(--no-history --dry-run --json --version -h --help)
    repeating_options=(--layer.annotation)
    non_repeating_options=(--image --tag --platform --compress --compress-level --progress --history.author --history.comment --history.created --history.created_by --expect --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--tag')
        return
        ;;
    '--platform')
        return
        ;;
    '--compress')
        __umoci-tx_add_completions -W 'auto'$'\n''gzip'$'\n''zstd'$'\n''none'
        return
        ;;
    '--compress-level')
        return
        ;;
    '--layer.annotation')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--history.author')
        return
        ;;
    '--history.comment')
        return
        ;;
    '--history.created')
        return
        ;;
    '--history.created_by')
        return
        ;;
    '--expect')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -f
        return
        ;;
    esac
}

_umoci-tx_raw_mtree-validate() {
    repeating_flags=()
    non_repeating_flags=(--umoci-keywords --rootless --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--manifest --file -f --path -p --use-keywords -k --add-keywords -K)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--manifest'|'--file'|'-f')
        __umoci-tx_add_completions -f
        return
        ;;
    '--path'|'-p')
        __umoci-tx_add_completions -d
        return
        ;;
    '--use-keywords'|'-k')
        return
        ;;
    '--add-keywords'|'-K')
        return
        ;;
    esac
}

_umoci-tx_init() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_list() {
    repeating_flags=()
    non_repeating_flags=(--long -l --all -a --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --at-op)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--at-op')
        return
        ;;
    esac
}

_umoci-tx_gc() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --prune --grace --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--prune')
        return
        ;;
    '--grace')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_log() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=(--tag --who --kind)
    non_repeating_options=(--layout --limit -n --since)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--limit'|'-n')
        return
        ;;
    '--tag')
        return
        ;;
    '--since')
        return
        ;;
    '--who')
        return
        ;;
    '--kind')
        return
        ;;
    esac
}

_umoci-tx_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_who() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_undo() {
    repeating_flags=()
    non_repeating_flags=(--force --dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_redo() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_restore() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=(--tag)
    non_repeating_options=(--layout --to --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--to')
        return
        ;;
    '--tag')
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_audit() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __umoci-tx_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    verify|head|export)
        # Offer subcommand argument completions
        "_umoci-tx_audit_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'verify head export' -- "${cur}"))
        ;;
    esac
}

_umoci-tx_audit_verify() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --head)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--head')
        return
        ;;
    esac
}

_umoci-tx_audit_head() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_audit_export() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=(--tag --who --kind)
    non_repeating_options=(--layout --since)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--tag')
        return
        ;;
    '--since')
        return
        ;;
    '--who')
        return
        ;;
    '--kind')
        return
        ;;
    esac
}

_umoci-tx_status() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_verify() {
    repeating_flags=()
    non_repeating_flags=(--deep --repair --dry-run --json --version -h --help)
    repeating_options=(--remove-tag)
    non_repeating_options=(--layout --image --progress --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--image')
        __umoci-tx_add_completions -d
        return
        ;;
    '--remove-tag')
        return
        ;;
    '--progress')
        __umoci-tx_add_completions -W 'auto'$'\n''plain'$'\n''json'$'\n''none'
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_recover() {
    repeating_flags=()
    non_repeating_flags=(--accept-index --adopt --take-over --dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_batch() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -f
        return
        ;;
    esac
}

_umoci-tx_exec() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_settings() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __umoci-tx_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|get|set|unset)
        # Offer subcommand argument completions
        "_umoci-tx_settings_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list get set unset' -- "${cur}"))
        ;;
    esac
}

_umoci-tx_settings_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_settings_get() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -W 'foreign'$'\n''trash-days'$'\n''undo-days'$'\n''undo-operations'
        return
        ;;
    esac
}

_umoci-tx_settings_set() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -W 'foreign'$'\n''trash-days'$'\n''undo-days'$'\n''undo-operations'
        return
        ;;
    esac
}

_umoci-tx_settings_unset() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --message -m --lock-timeout --durability)
    __umoci-tx_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--message'|'-m')
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __umoci-tx_add_completions -W 'foreign'$'\n''trash-days'$'\n''undo-days'$'\n''undo-operations'
        return
        ;;
    esac
}

_umoci-tx_leases() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __umoci-tx_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|drop)
        # Offer subcommand argument completions
        "_umoci-tx_leases_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list drop' -- "${cur}"))
        ;;
    esac
}

_umoci-tx_leases_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout)
    __umoci-tx_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    esac
}

_umoci-tx_leases_drop() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--layout --lock-timeout --durability)
    __umoci-tx_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--layout')
        __umoci-tx_add_completions -d
        return
        ;;
    '--lock-timeout')
        return
        ;;
    '--durability')
        __umoci-tx_add_completions -W 'full'$'\n''relaxed'
        return
        ;;
    esac
}

_umoci-tx_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __umoci-tx_offer_flags_options -1
}

complete -o filenames -F _umoci-tx umoci-tx
