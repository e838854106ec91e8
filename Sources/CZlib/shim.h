#ifndef UMOCI_TX_CZLIB_SHIM_H
#define UMOCI_TX_CZLIB_SHIM_H

#include <zlib.h>

#endif
