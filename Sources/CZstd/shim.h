#ifndef UMOCI_TX_CZSTD_SHIM_H
#define UMOCI_TX_CZSTD_SHIM_H

#include <zstd.h>
#include <zstd_errors.h>

#endif
