"""From files to prepared records: text, workbooks, geodata; nothing here knows a contract."""
