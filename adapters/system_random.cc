#include "broker/transport.h"
