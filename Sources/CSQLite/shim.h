#ifndef UMOCI_TX_CSQLITE_SHIM_H
#define UMOCI_TX_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
