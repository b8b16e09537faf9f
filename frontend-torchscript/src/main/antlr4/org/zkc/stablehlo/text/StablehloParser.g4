/*
 * MLIR text as exporters of StableHLO print it: the generic form, which every operation has, and the pretty forms of the
 * StableHLO, CHLO and func dialects. Pretty forms but four share one rule of comma-separated items; which items an
 * operation takes is the business of PrettyForms. Facts are from the MLIR language reference and the assembly formats of the
 * StableHLO repository.
 */
parser grammar StablehloParser;

options { tokenVocab = StablehloLexer; }

file : topLevel* EOF ;

topLevel
  : HASH EQUAL attribute                                                       # attributeAlias
  | BANG EQUAL type                                                            # typeAlias
  | RESOURCES_OPEN ( section ( COMMA section )* )? RESOURCES_CLOSE             # resources
  | operation                                                                  # topLevelOperation
  ;

section : word COLON LEFT_BRACE ( resourceGroup ( COMMA resourceGroup )* )? RIGHT_BRACE ;
resourceGroup : word COLON LEFT_BRACE ( resource ( COMMA resource )* )? RIGHT_BRACE ;
resource : ( word | STRING ) COLON ( STRING | TRUE | FALSE ) ;

operation : ( resultPack ( COMMA resultPack )* EQUAL )? body location? ;
resultPack : VALUE ( COLON INT )? ;

body
  : STRING LEFT_PAREN values? RIGHT_PAREN properties? regions? dictionary? COLON functionType               # generic
  | MODULE SYMBOL? ( ATTRIBUTES dictionary )? LEFT_BRACE operation* RIGHT_BRACE                             # module
  | FUNC ID? SYMBOL LEFT_PAREN ( parameter ( COMMA parameter )* )? RIGHT_PAREN ( ARROW functionResults )?
      ( ATTRIBUTES dictionary )? region?                                                                    # function
  | CONSTANT LEFT_PAREN RIGHT_PAREN properties? dictionary? COLON functionType                              # typedConstant
  | CONSTANT dictionary? attribute                                                                          # constant
  | REDUCE reducePair ( COMMA reducePair )* ( APPLIES word )? ACROSS DIMENSIONS EQUAL bracketed dictionary?
      COLON functionType location? reducer?                                                                 # reduce
  | WHILE LEFT_PAREN ( whilePair ( COMMA whilePair )* )? RIGHT_PAREN ( COLON types )? ( ATTRIBUTES dictionary )?
      COND region DO region                                                                                 # while
  | SCAN LEFT_PAREN inputs=values? RIGHT_PAREN INITS LEFT_PAREN starts=values? RIGHT_PAREN DIMENSION EQUAL number
      ( ATTRIBUTES dictionary )? region COLON functionType                                                  # scan
  | ID SYMBOL EQUAL opaqueBody dictionary?                                                                              # definition
  | ID ( SYMBOL | STRING )? ( LEFT_PAREN items? RIGHT_PAREN )? items? regions? dictionary? signature?       # pretty
  ;

values : VALUE ( COMMA VALUE )* ;
properties : LESS dictionary GREATER ;
regions : LEFT_PAREN region ( COMMA region )* RIGHT_PAREN ;
region : LEFT_BRACE operation* block* RIGHT_BRACE ;
block : LABEL ( LEFT_PAREN ( argument ( COMMA argument )* )? RIGHT_PAREN )? COLON operation* ;
argument : VALUE COLON type location? ;

parameter : ( VALUE COLON )? type dictionary? location? ;
functionResults
  : LEFT_PAREN ( functionResult ( COMMA functionResult )* )? RIGHT_PAREN
  | nonFunctionType
  ;
functionResult : type dictionary? ;

reducePair : LEFT_PAREN VALUE INIT COLON VALUE RIGHT_PAREN ;
reducer : REDUCER ( LEFT_PAREN argument COMMA argument RIGHT_PAREN )* region ;
whilePair : VALUE EQUAL VALUE ;

items : item ( COMMA item )* ;
item
  : VALUE ( bracketed | opaqueBody )?                                          # valueItem
  | UPPER                                                                      # wordItem
  | word EQUAL itemValue                                                       # namedItem
  | DENSE COLON type                                                           # denseItem
  ;
itemValue
  : number                                                                     # numberItem
  | word                                                                       # enumItem
  | STRING                                                                     # stringItem
  | bracketed ( BY bracketed ( ARROW bracketed )? )?                           # bracketedItem
  | LESS fields? GREATER                                                       # structureItem
  | LEFT_BRACE ( window ( COMMA window )* )? RIGHT_BRACE                       # windowItem
  ;
window : word EQUAL bracketed ;
bracketed : LEFT_BRACKET ( bracketedEntry ( COMMA bracketedEntry )* )? RIGHT_BRACKET ;
bracketedEntry : number ( COLON number ( COLON number )? )? | word | bracketed ;

signature : COLON types ( ARROW results )? ;

types : type ( COMMA type )* ;
type : functionType | nonFunctionType ;
functionType : LEFT_PAREN types? RIGHT_PAREN ARROW results ;
results : LEFT_PAREN types? RIGHT_PAREN | nonFunctionType ;
nonFunctionType
  : TENSOR EXTENT* nonFunctionType ( COMMA attribute )? GREATER                # tensorType
  | SHAPED opaqueItem* GREATER                                                 # shapedType
  | COMPLEX LESS nonFunctionType GREATER                                       # complexType
  | TUPLE LESS types? GREATER                                                  # tupleType
  | QUANTIZED LESS ID ( LESS number COLON number GREATER )? COLON ID ( COLON quantizedAxis )?
      COMMA quantizedScales GREATER                                            # quantizedType
  | BANG opaqueBody?                                                           # dialectType
  | ID                                                                         # namedType
  ;
quantizedAxis : INT | LEFT_BRACE ( INT COLON INT ( COMMA INT COLON INT )* )? RIGHT_BRACE ;
quantizedScales : scale | LEFT_BRACE quantizedScales ( COMMA quantizedScales )* RIGHT_BRACE ;
scale : number ( COLON number )? ;

dictionary : LEFT_BRACE ( entry ( COMMA entry )* )? RIGHT_BRACE ;
entry : ( word | STRING ) ( EQUAL attribute )? ;

attribute
  : number ( COLON type )?                                                     # numberAttribute
  | ( TRUE | FALSE )                                                           # booleanAttribute
  | STRING ( COLON type )?                                                     # stringAttribute
  | LEFT_BRACKET ( attribute ( COMMA attribute )* )? RIGHT_BRACKET             # listAttribute
  | dictionary                                                                 # dictionaryAttribute
  | DENSE COLON type                                                           # denseAttribute
  | DENSE_RESOURCE LESS ( word | STRING ) GREATER COLON type                   # resourceAttribute
  | ARRAY LESS ID ( COLON arrayElement ( COMMA arrayElement )* )? GREATER      # arrayAttribute
  | SYMBOL ( PATH SYMBOL )*                                                    # symbolAttribute
  | location                                                                   # locationAttribute
  | STRUCTURE LESS fields? GREATER                                             # structureAttribute
  | CONVOLUTION LESS ( bracketed BY bracketed ARROW bracketed | RAW fields? ) GREATER   # convolutionAttribute
  | ENUMERATION LESS word word GREATER                                         # enumAttribute
  | HASH opaqueBody?                                                           # hashAttribute
  | MAP opaqueBody                                                             # mapAttribute
  | UNIT                                                                       # unitAttribute
  | type                                                                       # typeAttribute
  ;
arrayElement : number | TRUE | FALSE ;
fields : field ( COMMA field )* COMMA? ;
field : word ( EQUAL attribute )? ;
number : MINUS? ( INT | FLOAT | HEX ) ;

location : LOC LEFT_PAREN locationBody RIGHT_PAREN ;
locationBody
  : HASH                                                                       # aliasLocation
  | STRING COLON INT COLON INT ( TO INT? COLON INT )?                          # fileLocation
  | STRING ( LEFT_PAREN locationBody RIGHT_PAREN )?                            # nameLocation
  | CALLSITE LEFT_PAREN locationBody AT locationBody RIGHT_PAREN               # callLocation
  | FUSED ( LESS attribute GREATER )? LEFT_BRACKET ( fusedPart ( COMMA fusedPart )* )? RIGHT_BRACKET   # fusedLocation
  | ( UNKNOWN_LOCATION | QUESTION )                                            # unknownLocation
  ;
fusedPart : locationBody | location ;

// What the reader passes over: any tokens in balanced brackets.
opaqueBody : LESS opaqueItem* GREATER ;
opaqueItem
  : ( LESS | TENSOR | SHAPED ) opaqueItem* GREATER
  | LEFT_PAREN opaqueItem* RIGHT_PAREN
  | LEFT_BRACKET opaqueItem* RIGHT_BRACKET
  | LEFT_BRACE opaqueItem* RIGHT_BRACE
  | ~( LESS | TENSOR | SHAPED | GREATER | LEFT_PAREN | RIGHT_PAREN | LEFT_BRACKET | RIGHT_BRACKET | LEFT_BRACE | RIGHT_BRACE
     | RESOURCES_OPEN | RESOURCES_CLOSE )
  ;

// Words of the grammar name attributes and dimensions as well.
word
  : ID | UPPER | LOC | CALLSITE | FUSED | UNKNOWN_LOCATION | AT | TO | TRUE | FALSE | UNIT | ARRAY | DENSE_RESOURCE
  | ATTRIBUTES | INIT | INITS | APPLIES | ACROSS | DIMENSIONS | DIMENSION | REDUCER | COND | DO | RAW | BY | COMPLEX | TUPLE
  | MAP | MODULE | FUNC | CONSTANT | REDUCE | WHILE | SCAN
  ;
