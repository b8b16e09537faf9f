// The textual form of the IR, one for all four levels. The grammar knows no op: names, operands, attributes and regions
// are matched against the ops' records by Parser.
grammar Zkir;

file: 'program' IDENT '{' function* '}' EOF;

function: 'func' SYMBOL '(' parameters? ')' location? block;

parameters: parameter (',' parameter)*;

parameter: VALUE ':' type;

block: '{' operation* terminator '}';

terminator: 'return' values?;

values: VALUE (',' VALUE)*;

operation: (values '=')? OPERATION '(' operands? ')' attributes? region* (':' types)? location?;

operands: operand (',' operand)*;

operand
  : VALUE                   # plainOperand
  | '[' values? ']'         # listOperand
  | name '=' VALUE          # namedOperand
  ;

attributes: '{' attribute (',' attribute)* '}';

attribute: name '=' literal;

literal
  : number                                                  # numberLiteral
  | STRING                                                  # stringLiteral
  | ('true' | 'false')                                      # booleanLiteral
  | IDENT                                                   # enumLiteral
  | list                                                    # listLiteral
  | tensor                                                  # tensorLiteral
  | tensor '<<' list                                        # shiftedLiteral
  ;

tensor: 'dense' '<' shape ':' IDENT (list | SYMBOL) '>';

list: '[' (element (',' element)*)? ']';

element: number | STRING;

number: INTEGER | DECIMAL | 'inf' | '-inf' | 'nan';

region: name '(' parameters? ')' block;

types: type | '(' (type (',' type)*)? ')';

type
  : IDENT '<' shape ':' IDENT '>'                           # tensorType
  | IDENT '<' shape interval number '>'                     # integerType
  | IDENT '<' IDENT shape interval '>'                      # columnType
  | IDENT '<' STRING '>'                                    # classType
  | IDENT ('[' (type (',' type)*)? ']')?                    # torchType
  ;

shape: EXTENTS | INTEGER | 'scalar';

interval: '[' INTEGER ',' INTEGER ']';

location: 'loc' '(' STRING ':' INTEGER STRING? ('layer' INTEGER)? ')';

// Words of the grammar may still name attributes, operands and regions.
name: IDENT | 'program' | 'func' | 'return' | 'loc' | 'layer' | 'dense' | 'scalar' | 'inf' | 'nan';

VALUE: '%' [A-Za-z0-9_.$]+;
SYMBOL: '@' ([A-Za-z0-9_.$]+ | QUOTED);
OPERATION: WORD ('.' WORD)+;
IDENT: WORD;
EXTENTS: [0-9]+ ('x' [0-9]+)+;
INTEGER: '-'? [0-9]+;
DECIMAL: '-'? [0-9]+ '.' [0-9]+ ([eE] [+-]? [0-9]+)?;
STRING: QUOTED;

COMMENT: '//' ~[\r\n]* -> skip;
SPACE: [ \t\r\n]+ -> skip;
// Anything else is a token of its own, so that errors come from the parser, with a span.
UNKNOWN: .;

fragment WORD: [A-Za-z_] [A-Za-z0-9_]*;
fragment QUOTED: '"' (~["\\\r\n] | '\\' .)* '"';
