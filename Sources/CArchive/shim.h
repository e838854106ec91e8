#ifndef UMOCI_TX_CARCHIVE_SHIM_H
#define UMOCI_TX_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
