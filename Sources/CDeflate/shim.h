#ifndef UMOCI_TX_CDEFLATE_SHIM_H
#define UMOCI_TX_CDEFLATE_SHIM_H

#include <libdeflate.h>

#endif
