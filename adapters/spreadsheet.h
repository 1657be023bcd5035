// A spreadsheet handed in as a file: .xlsx (ECMA-376, also .xlsm; macros are never run) or .xls
// (Excel 97 to 2003) as rows of text, so that it may be checked like a CSV. Links to other files
// are never followed. Every reason that refuses a file is one line, says what to do, and repeats no
// cell. Pure. Inside: xlsx_reader.h, xls_reader.h; sheet_rows.h says what a cell's text is.
#pragma once

#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/limits.h"
#include "schemas/result.h"

namespace xianjie::adapters {

// Hostile files are refused at these; honest ones stay far below.
struct SheetLimits {
  std::size_t rows = kSubmissionRowsMax + 1;  // that hold anything, the header among them
  std::size_t columns = 256;
  std::size_t cells = 4'000'000;            // empty ones between others count
  std::size_t text_bytes = 128U << 20;      // of all cells together
  std::size_t unpacked_bytes = 256U << 20;  // of all parts read from a .xlsx
  std::size_t parts = 4096, sheets = 256;   // in one file
  std::size_t part_bytes = 8U << 20;        // of a part that is read as a tree, and of a row
  std::size_t elements = 8'000'000;         // cells written down, also empty ones; strings
  std::size_t xml_depth = 32;
};

// The row in the sheet is the index and 1; one that holds nothing is empty. None at the end is.
using SheetTexts = std::vector<std::vector<std::string>>;

// By the first bytes: a ZIP archive or a compound file. What else it may be, reading tells.
bool is_spreadsheet(ByteView bytes);

// The first sheet, not hidden, that holds anything; its hidden rows and columns too. kRefused with
// "token: text", which can stand as a refusal's reason.
Result<SheetTexts> read_spreadsheet(ByteView bytes, const SheetLimits& limits = {});

}  // namespace xianjie::adapters
