// What SheetJS and exceljs read of workbooks, as JSON: file, program, sheet, cell, value.
// Dates are told as the serial numbers of Excel, whatever zone the computer is in.
"use strict";
const path = require("path");
const packages = path.join(__dirname, "..", "npm", "node_modules");
const SheetJs = require(path.join(packages, "xlsx"));
const ExcelJs = require(path.join(packages, "exceljs"));

const DAY = 86400000;
const FIRST = 25569; // 1970-01-01

function bySheetJs(file) {
  const book = SheetJs.readFile(file);
  const found = {};
  for (const name of book.SheetNames) {
    for (const [place, cell] of Object.entries(book.Sheets[name])) {
      if (!place.startsWith("!") && cell.t !== "z") found[`${name}!${place}`] = cell.v;
    }
  }
  return found;
}

async function byExcelJs(file) {
  const book = new ExcelJs.Workbook();
  await book.xlsx.readFile(file);
  const found = {};
  for (const sheet of book.worksheets) {
    sheet.eachRow((row) =>
      row.eachCell((cell) => {
        if (cell.isMerged && cell.master !== cell) return;
        const value = cell.value;
        const told = value instanceof Date ? value.getTime() / DAY + FIRST : value;
        found[`${sheet.name}!${cell.address}`] = told;
      }),
    );
  }
  return found;
}

(async () => {
  const found = {};
  for (const file of process.argv.slice(2)) {
    found[file] = { sheetjs: bySheetJs(file), exceljs: await byExcelJs(file) };
  }
  process.stdout.write(JSON.stringify(found));
})();
